"""Digital signal processing: filters, decimation, spectra, oscillators."""
