/** `values` as float32 where every one of them survives it. */
export function narrow(values: Float64Array): Float32Array | Float64Array {
  const narrowed = Float32Array.from(values);
  for (let i = 0; i < values.length; i++) {
    if (narrowed[i] !== values[i] && !Number.isNaN(values[i])) return values;
  }
  return narrowed;
}
