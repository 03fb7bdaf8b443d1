"""What is asked of no model: what a setting, a part or a way of training does to memory."""
