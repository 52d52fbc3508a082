"""Packages of several messages between the real programs: who may say what, and when."""
import os

from harness import SERVER_ID, Lab, account_script, main


class Packages(Lab):
    def exchange(self, server):
        """Every message recorded: direction and text, in the order they went over the wire."""
        names = sorted(name for name in os.listdir(server.record) if "-in." in name or "-out." in name)
        messages = []
        for name in names:
            with open(os.path.join(server.record, name), encoding="utf-8") as text:
                messages.append(("in" if "-in." in name else "out", text.read()))
        return messages

    def test_PRO_058_new_commands_wait_for_the_statuses_of_the_earlier_ones(self):
        gets = ", ".join('{ cmd = "Get", uri = "./DevDetail?list=StructData", expect = 200 }' for _ in range(8))
        script = (f'[server]\nid = "{SERVER_ID}"\nmax_msg_size = 2000\n' + account_script() +
                  '[[session]]\naccount = "lab"\n'
                  f'[[session.package]]\ncommand = [ {gets} ]\n'
                  '[[session.package]]\ncommand = [ { cmd = "Add", uri = "./x", data = "1", expect = 200 } ]\n')
        server = self.serve(script)
        self.configure(server, "xml")
        self.install_account(server.url)
        done = self.session()
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        messages = self.exchange(server)
        waited = 0
        for (direction, before), (_, text) in zip(messages, messages[1:]):
            if direction != "in":
                continue
            if "<Final" not in before:
                waited += 1
                self.assertNotIn("<Add>", text, "a new command while the client still owes")
                self.assertNotIn("<Get>", text, "a new command while the client still owes")
        self.assertGreater(waited, 0, "the client's package fitted into one message")
        self.assertEqual(sum("<Add>" in text for direction, text in messages if direction == "out"), 1)

    def test_PRO_057_no_new_commands_while_the_client_owes_results_though_the_servers_package_goes_on(self):
        gets = ", ".join(f'{{ cmd = "Get", uri = "./DevDetail?list={kind}", expect = 200 }}' for kind in ("Struct", "StructData") * 24)
        script = (f'[server]\nid = "{SERVER_ID}"\nmax_msg_size = 2000\n' + account_script() +
                  f'[[session]]\naccount = "lab"\n[[session.package]]\ncommand = [ {gets} ]\n')
        for encoding in ("xml", "wbxml"):
            with self.subTest(encoding):
                server = self.serve(script)
                self.configure(server, encoding)
                self.install_account(server.url)
                done = self.session()
                self.assertEqual(done.code, 0, repr(done) + server.output())
                self.assertEqual(server.wait(), 0, server.output())
                messages = server.output().split("-> message")
                self.assertGreater(sum("> Get" in message for message in messages), 1, "the server's package fitted into one message")
                self.assertIn("> Alert, 1222", server.output(), "the client owed nothing")


if __name__ == "__main__":
    main()
