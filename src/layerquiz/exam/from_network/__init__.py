"""Questions made from a network: parts of it that are worth asking about become templates like those of the library."""
