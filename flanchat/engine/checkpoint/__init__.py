"""Files of a checkpoint, checked before a weight is read: config, safetensors, adapters, conversion."""
