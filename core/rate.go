package core

// OwnRate is the recipe with the learning rate that its optimizer has by default.
func (r Recipe) OwnRate() Recipe {
	r.Settings = r.Settings.without(optimizerLR)
	return r
}
