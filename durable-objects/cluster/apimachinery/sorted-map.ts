/** The map with its keys in order, as Go writes maps; the map itself if they are. */
export const sortedMap = <T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> => {
  const keys = Object.keys(map)
  return keys.every((key, index) => index === 0 || keys[index - 1]! < key)
    ? map
    : Object.fromEntries(keys.sort().map((key) => [key, map[key]!]))
}
