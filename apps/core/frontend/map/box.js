const SMALLEST = 0.0008; // degrees around what has no size

const numbersOf = (geometry) => (geometry.coordinates ?? geometry.geometries.map(numbersOf)).flat(Infinity);

/** The box around GeoJSON features that have a place, as MapLibre takes it: [[west, south], [east, north]]. */
export function boxOf(features) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { geometry } of features) {
    const numbers = numbersOf(geometry);
    for (let i = 0; i < numbers.length; i += 2) {
      [west, east] = [Math.min(west, numbers[i]), Math.max(east, numbers[i])];
      [south, north] = [Math.min(south, numbers[i + 1]), Math.max(north, numbers[i + 1])];
    }
  }
  const [dx, dy] = [Math.max(0, SMALLEST - (east - west)) / 2, Math.max(0, SMALLEST - (north - south)) / 2];
  return [[west - dx, south - dy], [east + dx, north + dy]];
}
