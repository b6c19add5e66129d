"""Networks as frameworks write them: PyTorch and Keras code out."""
