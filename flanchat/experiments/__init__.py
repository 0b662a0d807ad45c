"""Many answers at once: what-if grids, replays and sweeps over files of prompts."""
