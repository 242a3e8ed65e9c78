/** The service worker of pushes: shows what came, once, and opens what it is about. It serves no page. */

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));

async function show(data) {
  const told = read(data);
  await self.registration.showNotification(told.title, {
    body: told.body,
    tag: told.tag, // sent again, it takes the place of the first
    icon: "/static/img/tanggap.svg",
    data: { url: told.url },
  });
}

function read(data) {
  try {
    const { title, body, url, tag } = data.json();
    return { title: String(title), body: String(body), url: String(url), tag: String(tag) };
  } catch {
    return { title: "112", body: "", url: "/", tag: "112" };
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

/** Only pages of our own, whatever address the server goes by in its messages. */
async function open(url) {
  const { pathname } = new URL(url, self.location.origin);
  const target = new URL(pathname, self.location.origin).href;
  for (const client of await self.clients.matchAll({ type: "window", includeUncontrolled: true }))
    if (client.url === target) return client.focus();
  return self.clients.openWindow(target);
}
