"""Files of a checkpoint, checked before a weight is read: configuration, safetensors, adapters, conversion."""
