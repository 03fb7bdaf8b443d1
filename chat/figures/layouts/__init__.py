"""Several cards: stages of ZeRO, tensor ranks, pipelines and copies, what each divides and what it leaves whole."""
