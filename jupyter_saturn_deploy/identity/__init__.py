"""Who asks: the owner of this server, and the tokens that act for the owner."""
