// kubernetes: apimachinery pkg/util/intstr GetScaledValueFromIntOrPercent

/** `25%` of a total, rounded up or down; a number stands for itself. */
export const scaledValue = (
  value: number | string | undefined,
  total: number,
  round: 'up' | 'down',
): number => {
  if (value === undefined) return 0
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value)
  if (percent === null) return 0
  const exact = (Number(percent[1]) * total) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}
