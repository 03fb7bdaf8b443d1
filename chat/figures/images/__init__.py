"""Pictures and videos: their tokens, tiles and pixels, and the tower that reads them."""
