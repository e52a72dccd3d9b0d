"""What is done before anybody asks for it, and what is put off until it is worth doing."""
