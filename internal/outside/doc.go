// Package outside holds tests in which programs that nobody here wrote drive the whole
// house: npm's @wecom/crypto makes and reads the callback, and a Telegram Bot API from
// npm plays officers. They need Node 20 (make needs).
package outside
