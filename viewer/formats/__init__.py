"""Files of other formats that Negato writes: pictures, arrays, volumes, tables."""
