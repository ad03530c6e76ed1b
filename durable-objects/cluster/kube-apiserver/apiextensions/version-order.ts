// kubernetes: apimachinery pkg/version/helpers.go CompareKubeAwareVersionStrings

const FORM = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/

interface Version {
  readonly major: number
  /** 2: stable, 1: beta, 0: alpha. */
  readonly stability: number
  readonly minor: number
}

const parse = (text: string): Version | undefined => {
  const match = FORM.exec(text)
  if (match === null) return undefined
  const [, major = '', stage, minor = '0'] = match
  const stability = stage === undefined ? 2 : stage === 'beta' ? 1 : 0
  return { major: Number(major), stability, minor: Number(minor) }
}

/** Sorts the most wanted version first: v2, v1, v2beta1, v1beta2, v1alpha1, then what has another form, by name. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [parse(a), parse(b)]
  if (left === undefined && right === undefined) return a < b ? -1 : a > b ? 1 : 0
  if (left === undefined) return 1
  if (right === undefined) return -1
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor
}
