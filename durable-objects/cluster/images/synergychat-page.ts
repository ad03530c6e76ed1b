// The page that the web image serves: a name, a message, and what others said.

export const PAGE = `<!DOCTYPE html>
<html lang="en">

<head>
  <meta charset="UTF-8">
  <title>SynergyChat</title>
  <script defer src="app.js"></script>
</head>

<body>
  <h1>SynergyChat</h1>
  <p>Say who you are, write something, and send it. Ask the crawler with /stats, for example
    <code>/stats keywords=love,hate title=Dracula</code>.</p>
  <p><input id="username" placeholder="Username"></p>
  <p><textarea id="message" placeholder="Message"></textarea></p>
  <p><button id="send">Send</button> <output id="problem"></output></p>
  <ul id="messages"></ul>
</body>

</html>
`

export const SCRIPT = `const element = (id) => document.getElementById(id)

const show = (messages) => {
  element('messages').replaceChildren(
    ...messages.map(({ AuthorUsername, Text }) => {
      const item = document.createElement('li')
      item.textContent = AuthorUsername + ': ' + Text
      return item
    }),
  )
}

const ask = async (init) => {
  const reply = await fetch(apiUrl + '/messages', init)
  const body = await reply.json()
  if (!reply.ok) throw new Error(body.error)
  show(body)
}

element('send').addEventListener('click', () => {
  const message = { AuthorUsername: element('username').value, Text: element('message').value }
  ask({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(message) })
    .then(() => (element('problem').value = ''))
    .catch((error) => (element('problem').value = 'The API does not answer: ' + error.message))
})

const poll = () => ask().catch(() => undefined)
poll()
setInterval(poll, 5000)
`
