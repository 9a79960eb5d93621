"""The way to a deployment: its requests and websockets go to one of its ready instances."""
