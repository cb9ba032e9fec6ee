"""What it would take to read the turn of the pelvis from the front and the rear."""
