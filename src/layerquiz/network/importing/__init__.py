"""Models of PyTorch, Keras and ONNX to the notation; what a framework says stays with it, one module for each."""
