"""The lesson's pictures, stepper, prediction and weights that can be taken in hand."""
