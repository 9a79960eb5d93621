"""Where a wish becomes an action. A wish is written here; the engine's process acts on it."""
