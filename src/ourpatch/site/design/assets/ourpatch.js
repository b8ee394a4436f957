// Starts the GOV.UK components on a page. A file of our own, not an inline script, so that the content security policy
// can forbid inline code. Every page works without it.
import { initAll } from './govuk-frontend.min.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// A form that shows what the server makes of it: asked again a moment after each change. Without this there is a button.
for (const form of document.querySelectorAll('form[data-preview]')) {
  const shown = document.getElementById(form.dataset.previewInto)
  let waiting
  let asking = new AbortController()
  form.addEventListener('change', () => {
    clearTimeout(waiting)
    asking.abort()
    asking = new AbortController()
    waiting = setTimeout(async () => {
      try {
        const asked = { method: 'POST', body: new FormData(form), signal: asking.signal }
        const answer = await fetch(form.dataset.preview, asked)
        if (answer.ok) shown.innerHTML = await answer.text()
      } catch (error) {
        if (error.name !== 'AbortError') throw error
      }
    }, 300)
  })
}

// A page that waits for the worker is opened anew once there is something to read. Without this there is a link.
if (document.querySelector('[data-waits]')) {
  const look = async () => {
    const answer = await fetch(location.href)
    if (answer.ok && !(await answer.text()).includes('data-waits')) location.reload()
    else setTimeout(look, 3000)
  }
  setTimeout(look, 2000)
}
