/** The engine would send usage figures over the network and leave files of its own; it reads this once, when it loads. */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
