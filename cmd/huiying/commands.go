package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"huiying/configs"
)

// commands are the subcommands, each in a file of its own.
func commands(opts *options) []*cobra.Command {
	return []*cobra.Command{
		newServe(opts), newImport(opts), newClassify(opts), newSLA(opts), newDrill(opts), newReport(opts), newBacktest(opts), newConfig(opts), newMigrate(opts),
		newCluster(), newBackup(opts), newRestore(opts), newAudit(opts), newUser(opts), newToken(opts), newChat(opts), newDuties(opts),
	}
}

// loadConfig layers the defaults, --config and the environment.
func loadConfig(opts *options) (configs.Config, error) {
	cfg, err := configs.Load(opts.config, os.Environ())
	if err != nil {
		return cfg, fmt.Errorf("配置有误：%w", err)
	}
	return cfg, nil
}

// printResult prints a result: as JSON with --json, else as the sentence.
func printResult(opts *options, out io.Writer, value any, sentence string) error {
	if !opts.json {
		if _, err := fmt.Fprintln(out, sentence); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
		return nil
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}
