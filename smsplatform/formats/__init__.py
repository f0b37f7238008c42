"""How a language writes dates here, where Django's own way does not suit our readers."""
