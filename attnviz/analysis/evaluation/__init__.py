"""What can be asked of a data set: figures, errors, slices, calibration."""
