// Shows what needs a passkey where the browser knows passkeys, and says in German what went wrong.
const REASONS = {
  NotAllowedError: "Das wurde abgebrochen oder hat zu lange gedauert. Bitte versuchen Sie es noch einmal.",
  InvalidStateError: "Dieses Gerät hat für Ihr Konto schon einen Passkey.",
  SecurityError: "Passkeys gehen nur über eine sichere Adresse (https, beim Ausprobieren localhost).",
  NotSupportedError: "Dieses Gerät kann keinen passenden Passkey anlegen.",
}
const status = document.querySelector(".passkey-status")

document.addEventListener("allauth.error", (event) => {
  event.preventDefault()
  status.textContent = REASONS[event.detail.exception.name] || "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal."
})

if (window.PublicKeyCredential) for (const form of document.querySelectorAll("form.passkey")) form.hidden = false
else if (!document.querySelector("#mfa_login")) status.textContent = "Dieser Browser kennt keine Passkeys. Bitte nehmen Sie die App."
