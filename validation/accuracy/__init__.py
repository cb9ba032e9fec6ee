"""The error table: rendered clips of known truth, run through `kneedrive_cv.analyze`."""
