package intake

import (
	"slices"
	"strings"

	"huiying/incident"
)

func sourceKinds() []incident.SourceKind {
	return []incident.SourceKind{
		incident.SourceHotline, incident.SourcePlatform, incident.SourceSuperior, incident.SourceWeb, incident.SourceInternal,
	}
}

// flagsOf is whether sources of a kind are public and want an answer, unless said
// otherwise. The national 48-hour first answer is for what the public sees (国办发〔2016〕61号):
// the open web, and platforms that show letters and answers. A call is between two.
func flagsOf(kind incident.SourceKind) (public, wantsAnswer bool) {
	switch kind {
	case incident.SourceHotline, incident.SourceSuperior:
		return false, true
	case incident.SourcePlatform:
		return true, true
	case incident.SourceWeb:
		return true, false
	case incident.SourceInternal:
		return false, false
	}
	return false, false
}

// guess makes a source of a name that no list knows, by its words.
func guess(name string) incident.Source {
	key := foldName(name)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(key, w) })
	}
	ends := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(key, w) })
	}
	source := incident.Source{Name: name, Kind: incident.SourceWeb}
	private := false
	switch {
	case has("12345", "热线", "来电", "短信", "hotline"), ends("电话") && !has("值班"), key == "110", key == "119", key == "120":
		source.Kind = incident.SourceHotline
	case has("信箱", "邮箱", "邮件", "信访", "来信", "来访"):
		source.Kind, private = incident.SourcePlatform, true
	case has("留言", "问政", "政民互动", "互动交流", "政府网", "政务服务网"):
		source.Kind = incident.SourcePlatform
	case has("上级", "交办", "督办", "转办", "批示", "国务院", "省政府", "市政府", "省委", "市委"):
		source.Kind = incident.SourceSuperior
	case has("值班", "网格", "巡查", "指挥中心", "自查", "上报", "报送", "导入"),
		ends("局", "委", "办", "所", "大队", "中队", "乡", "镇", "街道", "社区", "村", "企业", "公司", "单位"):
		source.Kind = incident.SourceInternal
	}
	source.Public, source.WantsAnswer = flagsOf(source.Kind)
	source.Public = source.Public && !private
	return source
}
