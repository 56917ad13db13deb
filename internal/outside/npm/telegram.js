// Runs telegram-test-api: what people do comes in as JSON lines, what the bot sends and
// changes goes out as JSON lines.
const TelegramServer = require('telegram-test-api');
const readline = require('readline');

const [port, token] = process.argv.slice(2);
const out = (o) => console.log(JSON.stringify(o));

(async () => {
  const server = new TelegramServer({ port: Number(port), host: '127.0.0.1' });
  const show = (event, id, m) => out({
    event, id: Number(id), chat: Number(m.chat_id), text: m.text, markup: m.reply_markup ? JSON.stringify(m.reply_markup) : '',
  });
  server.on('AddedBotMessage', () => {
    const last = server.storage.botMessages[server.storage.botMessages.length - 1];
    show('sent', last.messageId, last.message);
  });
  const edit = server.editMessageText.bind(server);
  server.editMessageText = (m) => {
    edit(m);
    show('edited', m.message_id, m);
  };
  await server.start();
  out({ event: 'ready' });
  const client = (user) => server.getClient(token, { userId: user, chatId: user, firstName: `u${user}` });
  readline.createInterface({ input: process.stdin }).on('line', async (line) => {
    const { op, user, text, id } = JSON.parse(line);
    const c = client(user);
    if (op === 'say') {
      await c.sendMessage(c.makeMessage(text));
    } else if (op === 'command') {
      await c.sendCommand(c.makeCommand(text));
    } else {
      await c.sendCallback(c.makeCallbackQuery(text, { message: { message_id: id } }));
    }
  }).on('close', () => process.exit(0));
})();
