"""Cards beside each other: their memories, rates and kernels."""
