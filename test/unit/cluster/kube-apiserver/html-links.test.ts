import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rewrittenLink, rewrittenPage } from '#kube-apiserver/endpoints/html-links.ts'

const PLACE = {
  prefix: '/k8s/x/api/v1/namespaces/default/services/web/proxy',
  backend: '10.244.0.7:80',
  host: 'kubarium.test',
}

describe('a link in a page behind the proxy', () => {
  it.each([
    ['/', `${PLACE.prefix}/`],
    ['/a/b?c=d#e', `${PLACE.prefix}/a/b?c=d#e`],
    ['http://10.244.0.7:80/a', `${PLACE.prefix}/a`],
    ['//10.244.0.7:80/a', `${PLACE.prefix}/a`],
    ['a/b', 'a/b'],
    ['?q=1', '?q=1'],
    ['#top', '#top'],
    ['https://example.com/x', 'https://example.com/x'],
    ['mailto:a@b.c', 'mailto:a@b.c'],
    [`${PLACE.prefix}/again`, `${PLACE.prefix}/again`],
    ['', ''],
  ])('%s leads to %s', (link, expected) => {
    expect(rewrittenLink(link, PLACE)).toBe(expected)
  })
})

describe('a page behind the proxy', () => {
  it.each([
    ['<a href="/rewriteme">test</a>', `<a href="${PLACE.prefix}/rewriteme">test</a>`],
    ["<A class=x HREF='/a'>", `<A class=x HREF='${PLACE.prefix}/a'>`],
    ['<img src=/a.png alt="/b">', `<img src=${PLACE.prefix}/a.png alt="/b">`],
    ['<form method=post action="/f">', `<form method=post action="${PLACE.prefix}/f">`],
    ['<p title="/a">/b</p>', '<p title="/a">/b</p>'],
    ['<!-- <a href="/a"> --><a href=x>', '<!-- <a href="/a"> --><a href=x>'],
    [
      '<script>s = \'<a href="/a">\'</script><a href="/b">',
      `<script>s = '<a href="/a">'</script><a href="${PLACE.prefix}/b">`,
    ],
    ['a < b <a href="/c', 'a < b <a href="/c'],
    ['<br/><link rel="x" href="/s.css"/>', `<br/><link rel="x" href="${PLACE.prefix}/s.css"/>`],
  ])('%s', (page, expected) => {
    expect(rewrittenPage(page, PLACE)).toBe(expected)
  })

  it('loses nothing, whatever it is', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '=',
      ' ',
      '/',
      'a',
      'href',
      '!--',
      '-->',
      '<a',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const page = pieces.join('')
        expect(rewrittenPage(page, PLACE).replaceAll(PLACE.prefix, '')).toBe(page)
      }),
    )
  })
})
