"""What can be asked of a data set: predictions, errors, slices, calibration, a report."""
