"""Pose files of other programs, a module each; `kneedrive_cv.pose.files.reading` knows them all."""
