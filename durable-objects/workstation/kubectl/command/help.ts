import type { ToolCall } from '#shell/tools/tool.ts'
import type { Command } from '#kubectl/command/tree.ts'

/** What stands for the home folder in recorded texts. */
const HOME = '/HOME'

/** A command's help as its user sees it. */
export const helpOf = ({ help }: Pick<Command, 'help'>, { env, user }: ToolCall): string =>
  help.replaceAll(HOME, env['HOME'] ?? user.home)
