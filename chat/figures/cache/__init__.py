"""KV caches: what a token keeps, product by product, of windows, latent attention and narrow formats."""
