"""The widgets: draw state, turn gestures into intents."""
