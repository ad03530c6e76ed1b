import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { type Access, addressOf, call, fork, isSnapshot, pathOf, request, wordsOf } from './api.ts'
import { CopyButton } from './copy.tsx'
import { toFragment } from './fragment.ts'
import { SHARE } from './words.ts'

/** Does something that takes a moment, once at a time. `outcome`: what it came to, or why not. */
const useAct = <T,>() => {
  const outcome = useSignal<{ readonly is?: T; readonly problem?: string } | undefined>(undefined)
  const isBusy = useSignal(false)
  const act = async (wanted: () => Promise<T>): Promise<void> => {
    if (isBusy.value) return
    isBusy.value = true
    outcome.value = undefined
    try {
      outcome.value = { is: await wanted() }
    } catch (error) {
      outcome.value = { problem: wordsOf(error) }
    }
    isBusy.value = false
  }
  return { outcome, isBusy, act }
}

interface ForkProps {
  readonly access: Access
  readonly label: string
  readonly class?: string
}

/** One click makes a cluster of what is looked at, and goes there. */
export const ForkButton = ({ access, label, class: look = 'plain' }: ForkProps) => {
  const { outcome, isBusy, act } = useAct<void>()
  const go = () =>
    act(async () => {
      location.assign(await fork(access))
    })
  return (
    <>
      <button
        type="button"
        class={look}
        title={SHARE.forkTitle}
        aria-busy={isBusy.value}
        onClick={() => void go()}
      >
        {isBusy.value ? SHARE.forking : label}
      </button>
      <span role="status" class="problem">
        {outcome.value?.problem}
      </span>
    </>
  )
}

const Item = ({
  title,
  text,
  children,
}: {
  readonly title: string
  readonly text: string
  readonly children: ComponentChildren
}) => (
  <section>
    <h3>{title}</h3>
    <p class="quiet">{text}</p>
    {children}
  </section>
)

const Link = ({ label, link }: { readonly label: string; readonly link: string }) => (
  <div class="link">
    <input
      type="text"
      readOnly
      aria-label={label}
      value={link}
      onFocus={({ currentTarget }) => currentTarget.select()}
    />
    <CopyButton text={link} label={SHARE.copy} />
  </div>
)

interface MadeLink {
  readonly link: string
  readonly note?: string
}

/** A link that has to be made first. */
const Maker = ({
  label,
  name,
  make,
}: {
  readonly label: string
  readonly name: string
  readonly make: () => Promise<MadeLink>
}) => {
  const { outcome, isBusy, act } = useAct<MadeLink>()
  const { is, problem } = outcome.value ?? {}
  return (
    <>
      {is === undefined ? (
        <button type="button" class="plain" onClick={() => void act(make)}>
          {isBusy.value ? SHARE.making : label}
        </button>
      ) : (
        <Link label={name} link={is.link} />
      )}
      <p role="status" class={problem === undefined ? 'quiet' : 'problem'}>
        {problem ?? is?.note ?? ''}
      </p>
    </>
  )
}

const makeSnapshot = (access: Access): Promise<MadeLink> =>
  call<{ readonly link: string }>(access, '/snapshots', { method: 'POST' })

const makeWhole = async (access: Access): Promise<MadeLink> => {
  const answer = await request(access, `/api/sessions/${pathOf(access)}/snapshot`)
  const link = `${location.origin}/${toFragment(new Uint8Array(await answer.arrayBuffer()))}`
  return { link, note: SHARE.wholeSize(link.length) }
}

const NewKey = ({ access }: { readonly access: Access }) => {
  const isAsked = useSignal(false)
  const { outcome, isBusy, act } = useAct<void>()
  const change = () =>
    act(async () => {
      const { key } = await call<{ readonly key: string }>(access, '/key', { method: 'POST' })
      // the page opens anew with it
      location.hash = `:${key}`
    })
  return (
    <Item title={SHARE.key} text={isAsked.value ? SHARE.keyDoes : SHARE.keyIs}>
      <p class="actions">
        {isAsked.value ? (
          <>
            <button type="button" class="plain danger" onClick={() => void change()}>
              {isBusy.value ? SHARE.making : SHARE.keyYes}
            </button>
            <button type="button" class="plain" onClick={() => (isAsked.value = false)}>
              {SHARE.keyNo}
            </button>
          </>
        ) : (
          <button type="button" class="plain" onClick={() => (isAsked.value = true)}>
            {SHARE.changeKey}
          </button>
        )}
        <span role="status" class="problem">
          {outcome.value?.problem}
        </span>
      </p>
    </Item>
  )
}

/** The links to a session as it is now. */
const Links = ({ access }: { readonly access: Access }) => {
  const { id, key } = access
  const now = { id, key: undefined, at: undefined }
  return (
    <>
      {access.at === undefined ? null : (
        <Item title={SHARE.past} text={SHARE.pastIs}>
          <Link
            label={SHARE.past}
            link={location.origin + addressOf({ ...access, key: undefined })}
          />
        </Item>
      )}
      <Item title={SHARE.view} text={isSnapshot(access) ? SHARE.isSnapshot : SHARE.viewIs}>
        <Link label={SHARE.view} link={location.origin + addressOf(now)} />
      </Item>
      {key === undefined ? null : (
        <Item title={SHARE.edit} text={SHARE.editIs}>
          <Link label={SHARE.edit} link={location.origin + addressOf({ ...now, key })} />
        </Item>
      )}
    </>
  )
}

/** All the ways to hand on what is looked at. */
const Ways = ({ access }: { readonly access: Access }) => {
  const { key, at } = access
  const canChange = key !== undefined && !isSnapshot(access)
  return (
    <>
      <Links access={access} />
      <Item
        title={SHARE.fork}
        text={key === undefined ? `${SHARE.forkIs} ${SHARE.forkHides}` : SHARE.forkIs}
      >
        <p>
          <ForkButton access={access} label={SHARE.fork} />
        </p>
      </Item>
      {canChange ? (
        <Item title={SHARE.snapshot} text={SHARE.snapshotIs}>
          <Maker
            label={SHARE.makeSnapshot}
            name={SHARE.snapshotLink}
            make={() => makeSnapshot(access)}
          />
        </Item>
      ) : null}
      <Item title={SHARE.whole} text={SHARE.wholeIs(key !== undefined)}>
        <Maker label={SHARE.makeWhole} name={SHARE.whole} make={() => makeWhole(access)} />
      </Item>
      {canChange && at === undefined ? <NewKey access={access} /> : null}
    </>
  )
}

/** Opens what there is to share. */
export const Share = ({ access }: { readonly access: Access }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = useSignal(false)
  const close = (): void => dialog.current?.close()
  return (
    <>
      <button
        type="button"
        class="plain"
        aria-haspopup="dialog"
        onClick={() => {
          isOpen.value = true
          dialog.current?.showModal()
        }}
      >
        {SHARE.share}
      </button>
      <dialog
        ref={dialog}
        class="share"
        aria-labelledby="share"
        onClose={() => (isOpen.value = false)}
        onClick={(event) => {
          // beside it
          if (event.target === dialog.current) close()
        }}
      >
        {isOpen.value ? (
          <div class="sheet">
            <header>
              <h2 id="share">{SHARE.share}</h2>
              <button type="button" class="plain" onClick={close}>
                {SHARE.close}
              </button>
            </header>
            <Ways access={access} />
          </div>
        ) : null}
      </dialog>
    </>
  )
}
