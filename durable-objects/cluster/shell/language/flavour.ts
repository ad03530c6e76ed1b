// What the shells say. dash is Debian's `sh`, ash is busybox'.

export type Flavour = 'dash' | 'ash' | 'bash'

/** Who speaks: `sh: 1: `, `bash: line 1: `, `sh: `. */
export interface Speaker {
  readonly flavour: Flavour
  readonly name: string
  readonly line: number
  readonly isInteractive: boolean
}

export const prefixOf = ({ flavour, name, line, isInteractive }: Speaker): string => {
  if (flavour === 'dash') return `${name}: ${line}: `
  if (flavour === 'ash') return isInteractive ? `${name}: ` : `${name}: `
  return isInteractive ? `${name}: ` : `${name}: line ${line}: `
}

type Pick = Readonly<Record<Flavour, string>>

const one = (text: string): Pick => ({ dash: text, ash: text, bash: text })

/** The texts that differ. `what` is the name, path or word that is complained about. */
export const MESSAGES = {
  notFound: (what: string): Pick => ({
    dash: `${what}: not found`,
    ash: `${what}: not found`,
    bash: `${what}: command not found`,
  }),
  noSuchProgram: (what: string): Pick => ({
    dash: `${what}: not found`,
    ash: `${what}: not found`,
    bash: `${what}: No such file or directory`,
  }),
  permissionDenied: (what: string): Pick => one(`${what}: Permission denied`),
  isDirectory: (what: string): Pick => ({
    dash: `${what}: Permission denied`,
    ash: `${what}: Permission denied`,
    bash: `${what}: Is a directory`,
  }),
  cannotOpen: (what: string): Pick => ({
    dash: `cannot open ${what}: No such file`,
    ash: `can't open ${what}: no such file`,
    bash: `${what}: No such file or directory`,
  }),
  cannotCreate: (what: string, why: string): Pick => ({
    dash: `cannot create ${what}: ${why === 'No such file or directory' ? 'Directory nonexistent' : why}`,
    ash: `can't create ${what}: ${why === 'No such file or directory' ? 'nonexistent directory' : why}`,
    bash: `${what}: ${why}`,
  }),
  cannotRead: (what: string, why: string): Pick => ({
    dash: `cannot open ${what}: ${why}`,
    ash: `can't open ${what}: ${why}`,
    bash: `${what}: ${why}`,
  }),
  badDescriptor: (what: string): Pick => ({
    dash: `${what}: Bad file descriptor`,
    ash: `${what}: Bad file descriptor`,
    bash: `${what}: Bad file descriptor`,
  }),
  ambiguousRedirect: (what: string): Pick => ({
    dash: `${what}: ambiguous redirect`,
    ash: `${what}: ambiguous redirect`,
    bash: `${what}: ambiguous redirect`,
  }),
  cannotChange: (what: string, why: string): Pick => ({
    dash: `cd: can't cd to ${what}`,
    ash: `cd: can't cd to ${what}: ${why}`,
    bash: `cd: ${what}: ${why}`,
  }),
  unset: (what: string): Pick => ({
    dash: `${what}: parameter not set`,
    ash: `${what}: parameter not set`,
    bash: `${what}: unbound variable`,
  }),
  readOnly: (what: string): Pick => ({
    dash: `${what}: is read only`,
    ash: `${what}: is read only`,
    bash: `${what}: readonly variable`,
  }),
  divisionByZero: (expression: string): Pick => ({
    dash: `arithmetic expression: division by zero: "${expression}"`,
    ash: 'divide by zero',
    bash: `${expression}: division by 0 (error token is "${lastOperand(expression)}")`,
  }),
  badArithmetic: (expression: string): Pick => ({
    dash: `arithmetic expression: expecting primary: "${expression}"`,
    ash: 'arithmetic syntax error',
    bash: `${expression}: syntax error: operand expected (error token is "${lastOperand(expression)}")`,
  }),
  badSubstitution: (what: string): Pick => ({
    dash: 'Bad substitution',
    ash: 'syntax error: bad substitution',
    bash: `${what}: bad substitution`,
  }),
  illegalNumber: (builtin: string, what: string): Pick => ({
    dash: `${builtin}: Illegal number: ${what}`,
    ash: `${builtin}: Illegal number: ${what}`,
    bash: `${builtin}: ${what}: numeric argument required`,
  }),
  notANumber: (builtin: string, what: string): Pick => ({
    dash: `${builtin}: Illegal number: ${what}`,
    ash: `${what}: bad number`,
    bash: `${builtin}: ${what}: integer expression expected`,
  }),
  missingBracket: (): Pick => ({
    dash: '[: missing ]',
    ash: '[: missing ]',
    bash: "[: missing `]'",
  }),
  badName: (builtin: string, what: string, given: string): Pick => ({
    dash: `${builtin}: ${what}: bad variable name`,
    ash: `${builtin}: ${what}: bad variable name`,
    bash: `${builtin}: \`${given}': not a valid identifier`,
  }),
  noSuchProcess: (what: string): Pick => ({
    dash: 'kill: No such process\n',
    ash: `kill: can't kill pid ${what}: No such process`,
    bash: `kill: (${what}) - No such process`,
  }),
  badOption: (builtin: string, what: string): Pick => ({
    dash: `${builtin}: Illegal option ${what}`,
    ash: `${builtin}: illegal option ${what}`,
    bash: `${builtin}: ${what}: invalid option`,
  }),
} as const

const lastOperand = (expression: string): string =>
  /([\w.]+|[^\w\s]+)\s*$/.exec(expression)?.[0] ?? ''
