package configs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// envPrefix starts the environment's keys: HUIYING_WECOM__CORP_ID is wecom.corp_id.
const envPrefix = "HUIYING_"

// decodeOver decodes YAML strictly over what target holds already: keys that the
// document names replace, all others stay.
func decodeOver(name string, doc []byte, target any) error {
	d := yaml.NewDecoder(bytes.NewReader(doc))
	d.KnownFields(true)
	if err := d.Decode(target); err != nil && !errors.Is(err, io.EOF) {
		return faults(name, err)
	}
	return nil
}

// lineFault matches one of yaml's messages: its line and what is wrong there.
var lineFault = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

// faults turns yaml's messages into sentences that name the file and the line.
func faults(name string, err error) error {
	lines := []string{err.Error()}
	if te, ok := errors.AsType[*yaml.TypeError](err); ok {
		lines = te.Errors
	}
	var out []error
	for _, l := range lines {
		if m := lineFault.FindStringSubmatch(l); m != nil {
			out = append(out, fmt.Errorf("%s 第%s行：%s", name, m[1], fault(m[2])))
			continue
		}
		out = append(out, fmt.Errorf("%s：%s", name, fault(strings.TrimPrefix(l, "yaml: "))))
	}
	return errors.Join(out...)
}

var (
	unknownField = regexp.MustCompile(`^field (\S+) not found in type`)
	wrongType    = regexp.MustCompile("^cannot unmarshal (\\S+) `?(.*?)`? into (\\S+)$")
	twiceKey     = regexp.MustCompile(`^mapping key "(.*)" already defined at line (\d+)`)
)

func fault(text string) string {
	if m := unknownField.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("不认识的配置项“%s”，请核对拼写，或用 huiying config init 查看全部配置项。", m[1])
	}
	if m := wrongType.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("值“%s”的类型不对，这里需要%s。", m[2], typeName(m[3]))
	}
	if m := twiceKey.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("配置项“%s”与第%s行重复。", m[1], m[2])
	}
	return "格式有误（" + text + "）。"
}

func typeName(goType string) string {
	switch {
	case strings.Contains(goType, "Duration"):
		return "时长，例如 30m、4h"
	case strings.Contains(goType, "Time"):
		return "时间，例如 2026-11-20T16:40:00+08:00"
	case strings.HasPrefix(goType, "[]"):
		return "列表"
	case strings.HasPrefix(goType, "map"), strings.Contains(goType, "."):
		return "一组配置项"
	case strings.Contains(goType, "int"), strings.Contains(goType, "float"):
		return "数字"
	case goType == "bool":
		return "true 或 false"
	}
	return "文字"
}

// fromEnv makes a YAML document of the environment's HUIYING_SECTION__KEY settings.
// Values are YAML scalars, so that numbers, durations and true stay what they are.
func fromEnv(environ []string) ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	sorted := slices.Clone(environ)
	slices.Sort(sorted)
	for _, kv := range sorted {
		key, value, _ := strings.Cut(kv, "=")
		path, ok := strings.CutPrefix(key, envPrefix)
		if !ok || !strings.Contains(path, "__") {
			continue
		}
		if err := setPath(root, strings.Split(strings.ToLower(path), "__"), value); err != nil {
			return nil, fmt.Errorf("环境变量 %s：%w", key, err)
		}
	}
	if len(root.Content) == 0 {
		return nil, nil
	}
	out, err := yaml.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("encode environment: %w", err)
	}
	return out, nil
}

func setPath(node *yaml.Node, path []string, value string) error {
	if path[0] == "" {
		return errors.New("名称不完整，应写成 HUIYING_分节__配置项")
	}
	if len(path) == 1 {
		var scalar yaml.Node
		if err := yaml.Unmarshal([]byte(value), &scalar); err != nil || len(scalar.Content) == 0 {
			scalar.Content = []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}}
		}
		node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: path[0]}, scalar.Content[0])
		return nil
	}
	for i := 0; i < len(node.Content); i += 2 {
		if node.Content[i].Value == path[0] {
			return setPath(node.Content[i+1], path[1:], value)
		}
	}
	child := &yaml.Node{Kind: yaml.MappingNode}
	node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: path[0]}, child)
	return setPath(child, path[1:], value)
}
