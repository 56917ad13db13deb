// Command huiying runs the house (serve) and administers it. Exit status: 0 done,
// 1 refused or failed with one line on standard error, 2 wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"huiying/incident"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// version of the program, set when it is built.
var version = "dev"

// The exit statuses.
const (
	exitDone    = 0
	exitRefused = 1
	exitUsage   = 2
)

// usageError marks what is wrong with the command line itself.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// run is main with everything handed in; it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var usage usageError
	if errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command") {
		say(stderr, usageText(err))
		return exitUsage
	}
	say(stderr, errorText(err))
	return exitRefused
}

// errorText is the sentence of an error for people, else the error as it is: whoever
// sits at the command line administers the house and needs the cause.
func errorText(err error) string {
	var e *incident.Error
	if errors.As(err, &e) || errors.Is(err, incident.ErrNotFound) {
		return incident.Text(err)
	}
	return err.Error()
}

func usageText(err error) string {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "unknown command "); ok {
		name, _, _ = strings.Cut(name, " for ")
		return "没有" + name + "这个子命令，用 huiying --help 查看全部子命令。"
	}
	return "用法有误：" + text + "。用 --help 查看用法。"
}

// say writes one line; where nobody can read it, the exit status still says what was.
func say(w io.Writer, text string) {
	fmt.Fprintln(w, oneLine(text)) //nolint:errcheck // nobody is left to tell
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// options are the flags that every subcommand has.
type options struct {
	config string
	json   bool
}

func newRoot() *cobra.Command {
	opts := &options{}
	root := &cobra.Command{
		Use:           "huiying",
		Short:         "回应：政务舆情登记、研判、分办、限时办结、逐级催办",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVar(&opts.config, "config", "", "配置文件（YAML），覆盖内置默认值")
	root.PersistentFlags().BoolVar(&opts.json, "json", false, "以 JSON 输出结果")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(commands(opts)...)
	return root
}

// args wraps cobra's checks of positional arguments so that they count as wrong usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}
