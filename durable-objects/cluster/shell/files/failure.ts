// What a file operation can be refused with, in the C library's words.

const TEXTS = {
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EFBIG: 'File too large',
  EINVAL: 'Invalid argument',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENOTEMPTY: 'Directory not empty',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  EXDEV: 'Invalid cross-device link',
} as const

export type FailureCode = keyof typeof TEXTS

/** Returned, never thrown. */
export class FileFailure {
  readonly code: FailureCode
  /** `No such file or directory` */
  readonly text: string

  constructor(code: FailureCode) {
    this.code = code
    this.text = TEXTS[code]
    Object.freeze(this)
  }
}

const FAILURES = new Map<FailureCode, FileFailure>()

export const failure = (code: FailureCode): FileFailure => {
  let found = FAILURES.get(code)
  if (found === undefined) FAILURES.set(code, (found = new FileFailure(code)))
  return found
}

export const isFailure = (value: unknown): value is FileFailure => value instanceof FileFailure
