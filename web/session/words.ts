// What the page says, as far as it is about time and sharing.

/** `3 Pods`, `1 Pod`, `no Pods`. */
export const countOf = (number: number, one: string): string =>
  `${number === 0 ? 'no' : number} ${one}${number === 1 ? '' : 's'}`

export const TIME = {
  title: 'Time',
  pause: 'Pause',
  run: 'Run',
  step: 'Step',
  stepTitle: 'To the next thing that happens',
  speed: 'Speed',
  speedOf: (speed: number) => `${speed}×`,
  advance: 'Go on by',
  running: (speed: number) => (speed === 1 ? 'running' : `running at ${speed}×`),
  paused: 'paused',
  age: (age: string) => `age ${age}`,
  zone: 'UTC',
  isPaused: 'Time stands. Nothing happens until it runs or you step.',
  runs: (speed: number) =>
    speed === 1 ? 'Time runs as it does for you.' : `Time runs at ${speed} times its pace.`,
  waiting: 'One moment…',
  happened: (later: string, says: readonly string[]) =>
    `${later} later: ${says.map((each) => each.replace(/\.$/, '')).join('. ')}.`,
  more: (count: number) => `${count} more: see the history`,
  advanced: (later: string, count: number) => `${later} later; ${countOf(count, 'change')} since.`,
} as const

export const HISTORY = {
  title: 'History',
  slider: 'Moment',
  now: 'now',
  loading: 'Reading the history…',
  empty: 'Nothing has happened yet that is kept.',
  kept: (oldest: number) =>
    `${oldest <= 1 ? 'From the very beginning' : `From revision ${oldest} on`}; Events and Leases are left out.`,
  earlier: 'Show earlier ones',
  revision: (revision: number) => `revision ${revision}`,
  cameAbout: 'How it came about',
  changed: 'What it changed',
  moreChanges: (count: number) => `and ${countOf(count, 'other field')}`,
  guess: 'What made it happen is not known any more.',
  began: (because: string) => `${because.charAt(0).toUpperCase()}${because.slice(1)}.`,
  none: '(none)',
  choose: 'Choose a moment: the cluster is shown as it was then, with what made it so.',
} as const

export const PAST = {
  is: (revision: number, ago: string) =>
    `This is the cluster as of revision ${revision}${ago === '' ? '' : `, ${ago}`}.`,
  readOnly: 'It can only be looked at.',
  back: 'Back to now',
  fork: 'Fork from here',
  opening: 'Opening the past…',
  gone: (revision: number) => `Revision ${revision} cannot be shown`,
  oldest: (revision: number) => `To the oldest that is kept, ${revision}`,
} as const

export const SNAPSHOT = {
  is: 'An unchanging snapshot; fork it to go on.',
  taken: (day: string, time: string) => `Its clock stands at ${day}, ${time} UTC.`,
  tag: 'snapshot',
  fork: 'Fork it',
} as const

export const SHARE = {
  share: 'Share',
  close: 'Close',
  fork: 'Fork',
  forkTitle: 'A cluster of your own that goes on from here',
  forking: 'Forking…',
  forkIs:
    'A cluster of its own that goes on from here; this one stays as it is. It opens with its own links.',
  forkHides: 'Without the key, Secrets come without their values.',
  view: 'View link',
  viewIs: 'Whoever has it looks, and sees what happens.',
  edit: 'Edit link',
  editIs: 'Whoever has it can change everything.',
  past: 'Link to this moment',
  pastIs: 'Whoever has it looks at the cluster as it was then, for as long as that is kept.',
  snapshot: 'Snapshot',
  snapshotIs:
    'Keeps this very moment under a link of its own, for ever. Whoever has the link looks, and can fork it; the values of Secrets are not shown.',
  makeSnapshot: 'Make a snapshot',
  isSnapshot: 'Whoever has it looks at this snapshot, and can fork it.',
  snapshotLink: 'Snapshot link',
  whole: 'Link with everything in it',
  wholeIs: (withSecrets: boolean) =>
    `The whole cluster in the address itself; nothing is kept on the server. Whoever opens it gets a cluster of their own${withSecrets ? ', with the values of Secrets' : ''}.`,
  makeWhole: 'Make the link',
  wholeSize: (characters: number) =>
    `${characters.toLocaleString('en')} characters. Some chats cut off links that are so long.`,
  copy: 'Copy',
  key: 'New key',
  keyIs: 'If the edit link has got into wrong hands, give the cluster another key.',
  changeKey: 'Change the key…',
  keyDoes:
    'All edit links and kubeconfigs so far stop working, and whoever uses one is disconnected. View links go on. This page goes on with the new edit link: share that one anew.',
  keyYes: 'Change the key',
  keyNo: 'Keep it',
  making: 'One moment…',
} as const

export const CONNECT = {
  view: 'With this view link it looks at everything but the content of Secrets, and changes nothing.',
  still: 'It looks at the cluster as it is shown here, and changes nothing.',
} as const

export const START = {
  making: 'Making a cluster…',
  silent: 'The server does not answer. Try again in a moment.',
  answered: (status: number) =>
    `The server made no cluster: it answered ${status}. Try again in a moment.`,
} as const

export const BROUGHT = {
  title: 'This link has a cluster in it',
  text: 'All of it is in the address; so far nothing is kept on the server. Opened, it is a cluster of your own that goes on where this one stood, with links of its own.',
  open: 'Open the cluster',
  opening: 'Opening the cluster…',
  badTitle: 'The cluster in this link cannot be opened',
} as const
