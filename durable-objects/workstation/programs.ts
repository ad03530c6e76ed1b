// All that a session needs of the computer: loaded when somebody first uses it.
export { Computer } from '#workstation/computer.ts'
export { callFiles } from '#workstation/home-files.ts'
export { TerminalSeat } from '#workstation/terminal.ts'
export { kubectlTool } from '#kubectl/kubectl.ts'
