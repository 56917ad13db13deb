package app

import (
	"huiying/classifier"
	"huiying/configs"
	"huiying/org"
)

// LoadClassifier makes a classifier as the house has it, of the configuration's rules and
// units, for the command line.
func LoadClassifier(cfg configs.Config) (*classifier.Classifier, error) {
	rules, err := LoadRules(cfg)
	if err != nil {
		return nil, err
	}
	people, err := LoadPeople(cfg)
	if err != nil {
		return nil, err
	}
	dir, err := org.NewDirectory(people)
	if err != nil {
		return nil, err //nolint:wrapcheck // a sentence for people
	}
	return classifier.New(rules, func() *org.Directory { return dir }), nil
}
