// coredns: plugin/rewrite, as far as it changes names
import { argumentError, type Directive, pluginError } from '#coredns/corefile-syntax.ts'
import { absolute, type DnsMessage, type DnsRecord, type Question } from '#net/dns-message.ts'

const MATCHES = ['exact', 'prefix', 'suffix', 'substring'] as const

export interface RewriteRule {
  readonly match: (typeof MATCHES)[number]
  readonly from: string
  readonly to: string
  /** `answer auto`: names in the answer are turned back. */
  readonly isAnswerRewritten: boolean
}

/** `rewrite [continue|stop] name [exact|prefix|suffix|substring] FROM TO [answer auto]`; all other kinds are left out. */
export const rewriteRules = (directive: Directive): readonly RewriteRule[] => {
  const words = directive.args.filter((word) => word !== 'continue' && word !== 'stop')
  if (words.length < 2) throw argumentError('rewrite', directive)
  if (words.shift() !== 'name' || words[0] === 'regex') return []
  const match = MATCHES.find((kind) => kind === words[0])
  if (match !== undefined) words.shift()
  const [from, to, ...rest] = words
  if (from === undefined || to === undefined)
    throw pluginError('rewrite', `too few arguments for a name rule`)
  const isTail = match === undefined || match === 'exact' || match === 'suffix'
  const spelled = (text: string) => (isTail ? absolute(text.toLowerCase()) : text.toLowerCase())
  return [
    {
      match: match ?? 'exact',
      from: spelled(from),
      to: spelled(to),
      isAnswerRewritten: rest[0] === 'answer' && rest[1] === 'auto',
    },
  ]
}

/** The question as the plugins behind see it, and how their answer is shown to the client. */
export interface Rewritten {
  readonly question: Question
  readonly back: (message: DnsMessage) => DnsMessage
}

/** Only the first rule that matches applies. */
export const rewrite = (rules: readonly RewriteRule[], question: Question): Rewritten => {
  const asked = question.name.toLowerCase()
  for (const rule of rules) {
    const name = newName(rule, asked)
    if (name === undefined) continue
    return {
      question: { ...question, name },
      back: (message) => ({
        ...message,
        question,
        answer: rule.isAnswerRewritten
          ? message.answer.map((record) => renamed(record, name, question.name))
          : message.answer,
      }),
    }
  }
  return { question, back: (message) => message }
}

const newName = ({ match, from, to }: RewriteRule, name: string): string | undefined => {
  switch (match) {
    case 'exact':
      return name === from ? to : undefined
    case 'prefix':
      return name.startsWith(from) ? to + name.slice(from.length) : undefined
    case 'suffix':
      return name.endsWith(from) ? name.slice(0, name.length - from.length) + to : undefined
    case 'substring':
      return name.includes(from) ? name.replace(from, () => to) : undefined
  }
}

const renamed = (record: DnsRecord, from: string, to: string): DnsRecord =>
  record.name.toLowerCase() === from ? { ...record, name: to } : record
