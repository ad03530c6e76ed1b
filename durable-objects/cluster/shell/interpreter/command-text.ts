// A command as bash writes it when it speaks of it. bash: print_cmd.c make_command_string
import type {
  AndOr,
  Command,
  CommandNode,
  CompoundCommand,
  CompoundList,
  PipelineNode,
  Redirection,
} from 'unbash'

type Node = PipelineNode | AndOr

/** `source` is the text that the tree was made of; `aliasOf` gives what stands for a command's name. */
export const commandText = (
  node: Node,
  source: string,
  aliasOf: (name: string) => string | undefined = () => undefined,
): string => new Writer(source, aliasOf).write(node)

class Writer {
  readonly #source: string
  readonly #aliasOf: (name: string) => string | undefined

  constructor(source: string, aliasOf: (name: string) => string | undefined) {
    this.#source = source
    this.#aliasOf = aliasOf
  }

  write(node: Node): string {
    switch (node.type) {
      case 'AndOr':
        return this.#joined(node.commands, node.operators)
      case 'Pipeline': {
        const prefixes = node.prefixes.map(({ type }) => (type === 'Negation' ? '! ' : 'time '))
        return prefixes.join('') + this.#joined(node.commands, node.operators)
      }
      case 'Command':
        return this.#command(node)
      case 'Redirected':
        return [this.write(node.command), ...node.redirects.map((one) => this.#redirect(one))].join(
          ' ',
        )
      default:
        return this.#compound(node)
    }
  }

  #joined(nodes: readonly Node[], operators: readonly string[]): string {
    return nodes
      .map((node, index) => (index === 0 ? '' : ` ${operators[index - 1]!} `) + this.write(node))
      .join('')
  }

  #command({ name, prefix, suffix }: Command): string {
    const words = [...prefix, ...(name === undefined ? [] : [name]), ...suffix]
    const redirects = words.filter(isRedirection).map((one) => this.#redirect(one))
    const texts = words.flatMap((word) => {
      if (isRedirection(word)) return []
      return word === name ? (this.#aliasOf(word.text) ?? word.text) : word.text
    })
    return [...texts, ...redirects].join(' ')
  }

  #redirect(redirection: Redirection): string {
    const { operator, descriptor } = redirection
    const fd = descriptor?.type === 'FileDescriptor' ? String(descriptor.value) : ''
    if (redirection.type === 'HereDoc')
      return `${fd}${operator}${redirection.delimiter?.text ?? ''}`
    const target = redirection.target?.text ?? ''
    const isCopy = operator === '>&' || operator === '<&'
    return isCopy && /^[\d-]/.test(target)
      ? `${fd === '' ? (operator === '>&' ? 1 : 0) : fd}${operator}${target}`
      : `${fd}${operator} ${target}`
  }

  #compound(node: Exclude<CommandNode, Command> | CompoundCommand): string {
    switch (node.type) {
      case 'Subshell':
        return `( ${this.#list(node.body)} )`
      case 'BraceGroup':
        return `{ ${this.#list(node.body)}; }`
      case 'While':
        return `${node.kind} ${this.#list(node.clause)}; do${this.#body(node.body)}done`
      case 'For': {
        const words = node.wordlist?.map(({ text }) => text).join(' ') ?? '"$@"'
        return `for ${node.name.text} in ${words};\ndo${this.#body(node.body)}done`
      }
      default:
        return this.#source.slice(node.pos, node.end)
    }
  }

  #list({ commands }: CompoundList): string {
    return commands
      .map(({ command, background }, index) => {
        const end = background === true ? ' &' : index === commands.length - 1 ? '' : ';'
        return this.write(command) + end
      })
      .join(' ')
  }

  #body({ commands }: CompoundList): string {
    const lines = commands.map(
      ({ command, background }) =>
        `${this.write(command).replaceAll('\n', '\n    ')}${background === true ? ' &' : ';'}`,
    )
    return `\n    ${lines.join('\n    ')}\n`
  }
}

const isRedirection = (item: { readonly type: string }): item is Redirection =>
  item.type === 'Redirect' || item.type === 'HereString' || item.type === 'HereDoc'
