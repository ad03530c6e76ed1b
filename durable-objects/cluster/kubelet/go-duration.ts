/** Milliseconds as Go prints a duration: `800ms`, `1.204s`, `2m40s`. */
export const goDuration = (milliseconds: number): string => {
  if (milliseconds === 0) return '0s'
  if (milliseconds < 1000) return `${milliseconds}ms`
  const hours = Math.floor(milliseconds / 3_600_000)
  const minutes = Math.floor(milliseconds / 60_000) % 60
  const seconds = (milliseconds % 60_000) / 1000
  const text = `${Number(seconds.toFixed(3))}s`
  if (hours > 0) return `${hours}h${minutes}m${text}`
  return minutes > 0 ? `${minutes}m${text}` : text
}
