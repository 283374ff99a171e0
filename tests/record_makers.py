"""Small record files of every format, made to measure: other stations, rates, cases, gaps."""

import json

import numpy as np


def lines(values, per_line, form):
    """Numbers in Fortran columns."""
    text = [form.format(value) for value in values]
    return ["".join(text[i : i + per_line]) for i in range(0, len(text), per_line)]


def cosmos(
    values,
    *,
    stage=1,
    unit=(4, "cm/sec2"),
    step_ms=5.0,
    recorder_step_s=0.005,
    code="NP-1234",
    channel="Sta Chan   1: 90 Deg (Rcrdr Chan  ?) Location:Basement",
    scnl="1234.HNE.NP.10",
    azimuth=-999,
    layout=(1, "{:15.6e}", "1E15.6"),
    peak=None,
    mean=-999.0,
    start=(2019, 7, 6, 3, 19, 52.25),
    counts=(-999.0, -999.0, -999.0),
    kind="Uncorrected acceleration",
):
    """One channel of a COSMOS file."""
    integers = [-999] * 100
    integers[0:4] = [stage, 1, unit[0], 120]
    integers[39], integers[41:45] = start[0], list(start[1:5])
    integers[53] = azimuth
    reals = [-999.0] * 100
    reals[29], reals[33], reals[61] = start[5], recorder_step_s, step_ms
    reals[63] = max(values, key=abs) if peak is None else peak
    reals[65] = mean
    reals[21], reals[41], reals[46] = counts
    comments = [f"|<SCNL>{scnl}    <AUTH> 2019/05/28"] if scnl else []
    text = [
        f"{kind}  (Format v01.20 with 13 text lines)",
        "Record of a made-up earthquake",
        "Hypocenter:",
        "Origin:",
        f"Statn No: 02-001234 Code:{code}   USGS  Somewhere",
        "Coords:",
        "Recorder:",
        "Rcrd start time:",
        channel,
        *[""] * 4,
    ]
    per_line, form, stated = layout
    return "\n".join(
        [
            *text,
            " 100 Integer-header values follow on  10 lines, Format= (10I8)",
            *lines(integers, 10, "{:8d}"),
            " 100 Real-header values follow on  20 lines, Format= (5F15.6)",
            *lines(reals, 5, "{:15.6f}"),
            *([f"   {len(comments)} Comment line(s) follow, each starting with a '|':", *comments]),
            f"   {len(values)} acceleration pts, approx  9 secs, "
            f"units={unit[1]}({unit[0]:02d}),Format=({stated})",
            *lines(values, per_line, form),
            "End-of-data for ChanHNE acceleration",
            "",
        ]
    )


def csmip_volume_2(values, velocity, displacement, *, upper=False, layout="(8f10.6)", start=True):
    """One channel of a CSMIP volume 2."""
    text = [
        "Corrected accelerogram   57217-L0000-19001.01       Chan  1: 45 Deg      from",
        "Uncorrected Accelerogram Data             Processed: 02/13/19, CGS",
        "Record of Mon Feb 13, 2019 13:06:45.0 PST",
        "CSMIP Preliminary Processing            (Origin:  01/01/19, 21:06:40.0 UTC)",
        "57217-L0000-19001.01                 "
        + ("Start time:  1/02/19, 21:06:45.5 UTC (GPS)" if start else ""),
        "Station No. 57217   37.100N, 121.550W      Etna  s/n 1 (3 Chns of  3 at Sta)",
        "Coyote Lake Dam",
        "Chan  1: 45 Deg   (Sta Chn:  7)     Location: Crest, center",
        *[""] * 8,
        "At equally-spaced intervals of    .020  sec.",
        f"Peak acceleration = {max(values, key=abs):9.3f}    cm/sec/sec  at   1.0   sec.",
        f"Peak   velocity   = {max(velocity, key=abs):9.3f}      cm/sec    at   1.0   sec.",
        f"Peak displacement = {max(displacement, key=abs):9.3f}        cm      at   1.0   sec.",
        *[""] * 5,
    ]
    assert len(text) == 25
    body = []
    for name, unit, series in (
        ("accel", "cm/sec2", values), ("veloc", "cm/sec", velocity), ("displ", "cm", displacement)
    ):  # fmt: skip
        body.append(
            f"{len(series):6d} points of {name} data equally spaced at  .020 sec, in {unit}."
            f" {layout}"
        )
        digits = 6 if "10.6" in layout else 3
        body += lines(series, 8, f"{{:10.{digits}f}}")
    out = "\n".join(
        [*text, *lines([0] * 100, 16, "{:5d}"), *lines([0.0] * 100, 8, "{:10.3f}"), *body,
         "/&  ----------  End of data for channel  1  ----------", ""]
    )  # fmt: skip
    return out.upper() if upper else out


def csmip_volume_1(values, *, unit="g", pairs=False, times=None, renadic=False, number="14403"):
    """One channel of a CSMIP volume 1, plain values or time and value pairs."""
    stated = {"g": "g .", "g/10": "G/10."}[unit]
    station = f"STATION NO. {number}" if number else "STATION NO.         "
    text = [
        "UNCORRECTED ACCELEROGRAM DATA              PROCESSED: 02/08/94, CDMG",
        "NORTHRIDGE EARTHQUAKE",
        "JANUARY 17, 1994 04:31 PST              (ORIGIN(CIT): 01/17/94, 12:30:55.4 GMT)",
        "14403-S3492-94021.02               TRIGGER TIME: 01/17/94, 12:31:04.1 UTC",
        f"{station}   33.929N, 118.260W     SMA-1  S/N 3492",
        "LOS ANGELES - 116TH ST. SCHOOL",
        "CHAN  1:  90 DEG",
        "UNIVERSIDAD DE CHILE - RENADIC" if renadic else "",
        "HYPOCENTER",
        "INSTR PERIOD =  .0397 SEC,  DAMPING =  .592,  SENSITIVITY = 1.77 CM/G.",
        f"NO. OF POINTS =  {len(values)}  RECORD LENGTH = {len(values) / 50:.3f} SEC"
        + ("" if pairs else "   at 50 Samples/sec"),
        f"Units of uncor accel are sec and {stated}     MAX  =  -.200 G, AT  11.576 SEC.",
        "RMS ACCEL OF COMPLETE RECORD =  .021 G.",
    ]
    if pairs:
        times = np.arange(len(values)) / 50 if times is None else times
        flat = [number for pair in zip(times, values, strict=True) for number in pair]
        body = lines(flat, 10, "{:7.3f}")
    else:
        body = [
            f"{len(values):6d} Accelerogram points at 50 pts/sec in units of g .   Format: (8f9.6)",
            *lines(values, 8, "{:9.6f}"),
        ]
    return "\n".join(
        [*text, *lines([0] * 100, 16, "{:5d}"), *lines([0.0] * 50, 8, "{:10.3f}"), *body,
         "/&  ----------  END OF DATA FOR CHANNEL  1  ----------", ""]
    )  # fmt: skip


def smc(values, *, kind="2 CORRECTED ACCELEROGRAM", component="UP", rate_hz=200.0, scnl=None):
    """An SMC file."""
    integers = [-32768] * 48
    comments = ["|", *([f"|<SCNL>{scnl}", "|<loclbl=>Roof<end>"] if scnl else [])]
    integers[12], integers[13] = (0, -32768) if component == "UP" else (90, int(component))
    integers[15], integers[16], integers[29] = len(comments), len(values), 1002
    reals = [1.7e38] * 50
    reals[1], reals[29], reals[31] = rate_hz, max(values), min(values)
    return "\n".join(
        [
            kind, "*", "A020A", "     1989  10  18    0004 Loma Prieta, CA", "Moment Mag=",
            f"station = APEEL Array #2 - Redwood City  component=    {component}",
            *["*"] * 5,
            *lines(integers, 8, "{:10d}"),
            *lines(reals, 5, "{:15.7E}"),
            *comments,
            *lines(values, 8, "{:10.3E}".replace("10.3E", "10.3e")),
            "",
        ]
    )  # fmt: skip


def jma(table, *, columns="NS,EW,UD", rate="100Hz", unit="gal(cm/s/s)"):
    """A JMA CSV file, as bytes in Shift-JIS."""
    text = [
        "SITE CODE= 41E東京都千代田区大手町            ,35.69,139.76,  9,7.3",
        " LAT.=   35.6900", " LON.=  139.7600", f" SAMPLING RATE= {rate} ", f" UNIT  = {unit} ",
        "INITIAL TIME = 2011 03 11 14 46 10", f" {columns}",
        *(",".join(f"{value:.3f}" for value in row) for row in table), "",
    ]  # fmt: skip
    return "\r\n".join(text).encode("cp932")


def cwb(table, *, start="#StartTime(GMT+08): 1999/09/21-01:47:12.500", order="U(+); N(+); E(+)"):
    """A CWB file; the table has time in its first column."""
    return "\n".join(
        [
            "#Earthquake Information", "#Magnitude(Ml): 7.3", "", "#StationCode: TCU068",
            "#StationName: Shigang", "#InstrumentKind: A900A", start, "#SampleRate(Hz): 200",
            "#AmplitudeUnit:  gal. DCoffset(corr)", "#AmplitudeMAX. U:  529.100~ -200.000",
            "#AmplitudeMAX. N:  300.000~ -370.000", f"#DataSequence: Time {order}",
            "#Data: 4F10.3", *("".join(f"{value:10.3f}" for value in row) for row in table), "",
        ]
    )  # fmt: skip


def geonet(values, *, corrected=True, velocity=(), displacement=(), component="N28W"):
    """One component of a GeoNet file."""
    word = "Corrected" if corrected else "Uncorrected"
    text = [
        f"{word} accelerogram 20161113_110256_WTMC_20 GNS Science",
        "Site WTMC      42 37 10S  173 03 13E     Cusp file:  20161113_110259_WTMC",
        *[""] * 8,
        "Raw readings in units of 1.00 mm/s/s  at intervals of 0.005 s",
        "Data is unfiltered",
        f"Component {component}",
        f"Acceleration:  Peak {max(values, key=abs):8.1f} mm/s/s at  44.87 s     RMS   516.57",
        "Velocity record unevaluated",
        "Displacement record unevaluated",
    ]
    assert len(text) == 16
    integers = [0] * 40
    integers[8:10], integers[18:20], integers[38:40] = [2016, 11], [13, 11], [2, 19715]
    integers[33:36] = [len(values), len(velocity), len(displacement)]
    body = [lines(series, 10, "{:8.1f}") for series in (values, velocity, displacement)]
    return "\n".join(
        [*text, *lines(integers, 10, "{:8d}"), *lines([0.0] * 60, 10, "{:8.2f}"),
         *(line for part in body for line in part), ""]
    )  # fmt: skip


def esm(values, **changes):
    """An ESM ASCII file; a key given as None is left out, ``^`` and ``/`` as in the format."""
    header = {
        "EVENT_NAME": "CENTRAL ITALY", "EVENT_ID": "", "NETWORK": "IV", "STATION_CODE": "AQU",
        "LOCATION": "", "DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS": "20090406_013236.005",
        "SAMPLING_INTERVAL_S": "0.010000", "NDATA": str(len(values)), "STREAM": "HN2",
        "UNITS": "cm/s^2", "PGA_CM/S^2": f"{max(values, key=abs):.6f}",
        "BASELINE_CORRECTION": "BASELINE NOT REMOVED", "DATA_TYPE": "ACCELERATION", "USER1": "",
    }  # fmt: skip
    header |= changes
    text = [f"{key}: {value}" for key, value in header.items() if value is not None]
    return "\n".join([*text, *(f"{value:.6f}" for value in values), ""])


def openeew(n_packets, *, rate_hz=30.0, late_s=0.1, gap_after=None, device="017"):
    """JSON lines of a device whose samples count up."""
    out, t = [], 1518824100.0
    for i in range(n_packets):
        count = [32 * i + j for j in range(32)]
        out.append(
            {"country_code": "mx", "device_id": device, "x": count, "y": [0.5] * 32,
             "z": [-c for c in count], "device_t": t, "cloud_t": t + late_s, "sr": 31.25}
        )  # fmt: skip
        t += 32 / rate_hz + (30.0 if i == gap_after else 0.0)
    return "\n".join(json.dumps(packet) for packet in out) + "\n"
