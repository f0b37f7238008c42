"""Wake-ups for the workers: ids only, the rows say what to do. Each task calls one operation."""
